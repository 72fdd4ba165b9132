import { Component, type ReactNode } from 'react';
import { useWords } from '../words/words.tsx';

interface BarrierState {
  readonly error: unknown;
}

/** What fails in it is told in its place; the rest of the page goes on. */
export class Barrier extends Component<{ readonly children: ReactNode }, BarrierState> {
  override state: BarrierState = { error: undefined };

  static getDerivedStateFromError(error: unknown): BarrierState {
    return { error };
  }

  override render() {
    return this.state.error === undefined ? (
      this.props.children
    ) : (
      <Failed onAgain={() => this.setState({ error: undefined })} />
    );
  }
}

function Failed({ onAgain }: { readonly onAgain: () => void }) {
  const words = useWords();
  return (
    <div className="trumpet-shell-note" role="alert">
      <p>{words.failed}</p>
      <button type="button" onClick={onAgain}>
        {words.tryAgain}
      </button>
    </div>
  );
}
