/** The head of an HTTP answer; a name may come more than once. */
export interface AnswerHead {
  readonly status: number;
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>;
}

/** An HTTP answer with its body whole. */
export interface Answer extends AnswerHead {
  readonly body: Buffer;
}
