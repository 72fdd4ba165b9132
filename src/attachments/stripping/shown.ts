/** What a file tells of how it is shown; undefined where it does not. */
export interface Shown {
  /** In pixels, turned as the camera was. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly durationMs?: number | undefined;
  /** Whether there is something to see, and not only to hear. */
  readonly isVideo?: boolean | undefined;
}
