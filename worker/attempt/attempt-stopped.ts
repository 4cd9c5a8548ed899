/**
 * Why a service's work is no longer wanted: `abort` - somebody aborted the job; `stale` - the attempt has ended, or another
 * one has taken its place; `unauthenticated` - the job was deleted, or never issued this token; `terminated` - the container was told to end (SIGTERM), for one of these reasons, for its time
 * limit, or because its capacity is taken back.
 */
export type StopCause = 'abort' | 'stale' | 'unauthenticated' | 'terminated';

const told: Readonly<Record<StopCause, string>> = {
  abort: 'The job was aborted.',
  stale: 'This attempt of the job is over.',
  unauthenticated: 'The job was deleted, or never issued the token of this attempt.',
  terminated: 'The container was told to end.',
};

/** The reason of a call's `signal`, and so what `signal.throwIfAborted()` throws. Nothing is reported for it. */
export class AttemptStopped extends Error {
  override readonly name = 'AttemptStopped';
  readonly stopCause: StopCause;

  constructor(stopCause: StopCause) {
    super(told[stopCause]);
    this.stopCause = stopCause;
  }
}
