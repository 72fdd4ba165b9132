/** A style sheet as text: the bundler of the element gives it. */
declare module '*.css' {
  const text: string;
  export default text;
}
