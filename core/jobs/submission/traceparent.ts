const traceparentPattern = /^[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/**
 * The trace of a job whose caller brought none: the job's id is the trace id and its last 16 digits the span
 * id, so nothing has to be stored (www.w3.org/TR/trace-context-1).
 */
export function derivedTraceparent(jobId: string): string {
  const digits = jobId.replaceAll('-', '');
  return `00-${digits}-${digits.slice(16)}-01`;
}

/** The caller's header when it is well formed; anything else is ignored, as the standard asks. */
export function parseTraceparent(header: string | undefined): string | undefined {
  const text = header?.trim();
  if (text === undefined || text.startsWith('ff') || !traceparentPattern.test(text)) return undefined;
  return text;
}
