import { createCssVariablesTheme, type ShikiTransformer } from 'shiki';

/** The colours of code are variables, which `theme/style.css` gives for light and dark. */
export const colours = createCssVariablesTheme({ name: 'trumpet', variablePrefix: '--code-' });

/** Styles as classes (`color:var(--code-token-string)` becomes `code-token-string`): a strict policy refuses style attributes. */
export const coloursToClasses: ShikiTransformer = {
  name: 'trumpet:colours-to-classes',
  pre: withoutStyle,
  span(node) {
    const { style } = node.properties;
    if (typeof style === 'string') {
      for (const [, name] of style.matchAll(/var\(--(code-[\w-]+)\)/g)) {
        this.addClassToHast(node, name ?? '');
      }
      for (const [, value] of style.matchAll(/font-(?:style|weight):(\w+)/g)) {
        this.addClassToHast(node, `code-${value}`);
      }
    }
    withoutStyle(node);
  },
};

function withoutStyle(node: { properties: Record<string, unknown> }): void {
  delete node.properties.style;
}
