const traceparentPattern = /^[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/**
 * The traceparent of a job whose caller sent none: the trace ID is the job ID, and the span ID its last 16
 * digits, so nothing has to be stored (www.w3.org/TR/trace-context-1).
 */
export function derivedTraceparent(jobId: string): string {
  const digits = jobId.replaceAll('-', '');
  return `00-${digits}-${digits.slice(16)}-01`;
}

/** The header of the caller if it is well formed; otherwise it is ignored, as the standard requires. */
export function parseTraceparent(header: string | undefined): string | undefined {
  const text = header?.trim();
  if (text === undefined || text.startsWith('ff') || !traceparentPattern.test(text)) return undefined;
  return text;
}
