import { type ReactNode, useEffect, useRef, useState } from 'react';
import { durationOf } from '../dates.ts';
import { IconButton } from '../icon-button.tsx';
import { VOICE_NAME } from '../kinds.ts';
import { useWords } from '../provider.tsx';
import { fill } from '../words/plural.ts';

export interface RecorderProps {
  /** With what was recorded; null when it was discarded or the microphone cannot be used. */
  readonly onEnd: (file: File | null, error?: string) => void;
}

/** What browsers record, the best first. */
const FORMATS = [
  { mimeType: 'audio/webm;codecs=opus', type: 'audio/webm', ending: 'webm' },
  { mimeType: 'audio/mp4', type: 'audio/mp4', ending: 'm4a' },
  { mimeType: 'audio/ogg;codecs=opus', type: 'audio/ogg', ending: 'ogg' },
] as const;

/** Records from when it is shown until it is stopped. */
export default function Recorder({ onEnd }: RecorderProps): ReactNode {
  const words = useWords();
  const [startedAt, setStartedAt] = useState<number | null>(null);
  const [now, setNow] = useState(0);
  const recording = useRef<Recording | null>(null);
  const end = useRef(onEnd);
  useEffect(() => {
    end.current = onEnd;
  });

  useEffect(() => {
    let isCurrent = true;
    startRecording().then(
      (started) => {
        if (isCurrent) {
          recording.current = started;
          setStartedAt(Date.now());
        } else {
          started.discard();
        }
      },
      (error: unknown) => {
        if (isCurrent) {
          end.current(null, words.noMicrophone);
        }
        if (!(error instanceof DOMException)) {
          throw error;
        }
      },
    );
    return () => {
      isCurrent = false;
      recording.current?.discard();
      recording.current = null;
    };
  }, [words]);

  useEffect(() => {
    if (startedAt === null) {
      return undefined;
    }
    const timer = setInterval(() => setNow(Date.now() - startedAt), 500);
    return () => clearInterval(timer);
  }, [startedAt]);

  async function stop(): Promise<void> {
    const started = recording.current;
    recording.current = null;
    onEnd((await started?.stop()) ?? null);
  }

  return (
    <div className="trumpet-recorder">
      <span className="trumpet-recorder-light" aria-hidden="true" />
      <span role="timer" className="trumpet-recorder-time">
        {fill(words.recording, { time: durationOf(now) })}
      </span>
      <IconButton icon="bin" label={words.discardRecording} onClick={() => onEnd(null)} />
      <IconButton
        icon="stop"
        label={words.stopRecording}
        disabled={startedAt === null}
        onClick={() => void stop()}
      />
    </div>
  );
}

interface Recording {
  stop(): Promise<File>;
  discard(): void;
}

async function startRecording(): Promise<Recording> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const format =
    FORMATS.find(({ mimeType }) => MediaRecorder.isTypeSupported(mimeType)) ?? FORMATS[0];
  const recorder = new MediaRecorder(stream, { mimeType: format.mimeType });
  const parts: Blob[] = [];
  recorder.addEventListener('dataavailable', ({ data }) => parts.push(data));
  recorder.start();
  const release = () => {
    for (const track of stream.getTracks()) {
      track.stop();
    }
  };
  return {
    stop: () =>
      new Promise((resolve) => {
        recorder.addEventListener('stop', () => {
          release();
          resolve(new File(parts, `${VOICE_NAME}.${format.ending}`, { type: format.type }));
        });
        recorder.stop();
      }),
    discard() {
      recorder.stop();
      release();
    },
  };
}
