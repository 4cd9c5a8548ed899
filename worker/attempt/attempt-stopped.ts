/**
 * Why the work of a service is no longer needed: `abort` - the job was aborted; `stale` - the attempt has
 * ended or was replaced by another; `unauthenticated` - the job was deleted, or never issued this token;
 * `terminated` - the container received SIGTERM, for one of these reasons, because of its time limit, or
 * because its capacity is reclaimed.
 */
export type StopCause = 'abort' | 'stale' | 'unauthenticated' | 'terminated';

const messages: Readonly<Record<StopCause, string>> = {
  abort: 'The job was aborted.',
  stale: 'This attempt of the job has ended.',
  unauthenticated: 'The job was deleted, or never issued the token of this attempt.',
  terminated: 'The container received SIGTERM.',
};

/**
 * The abort reason of a call's `signal`, which `signal.throwIfAborted()` throws. It is not reported as a
 * failure.
 */
export class AttemptStopped extends Error {
  override readonly name = 'AttemptStopped';
  readonly stopCause: StopCause;

  constructor(stopCause: StopCause) {
    super(messages[stopCause]);
    this.stopCause = stopCause;
  }
}
