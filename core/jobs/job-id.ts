/** The milliseconds in a UUIDv7 (RFC 9562, 5.7). */
export function timeInId(jobId: string): number {
  return Number.parseInt(jobId.slice(0, 8) + jobId.slice(9, 13), 16);
}
