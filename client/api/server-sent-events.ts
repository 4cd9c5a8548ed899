/** A message of a stream of server-sent events. */
export interface StreamMessage {
  readonly id?: string;
  readonly event?: string;
  /** Lines of data, joined with line feeds. */
  readonly data?: string;
  /** Milliseconds to wait before a reconnection. */
  readonly retry?: string;
}

/**
 * Yields the messages of a stream of server-sent events, also those without data, whose `id` and `retry` matter. A message that
 * was cut off is left out. https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export async function* readMessages(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<StreamMessage> {
  let fields: Record<string, string> = {};
  for await (const line of readLines(chunks)) {
    if (line !== '') {
      fields = withField(fields, line);
    } else if (Object.keys(fields).length > 0) {
      yield fields;
      fields = {};
    }
  }
}

function withField(fields: Record<string, string>, line: string): Record<string, string> {
  const [, name = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
  const earlier = fields['data'];
  if (name === 'data' && earlier !== undefined) return { ...fields, data: `${earlier}\n${value}` };
  return ['data', 'event', 'id', 'retry'].includes(name) ? { ...fields, [name]: value } : fields;
}

/** Lines end with CR, LF or CRLF; a last line without an end is left out. `TextDecoder` removes a byte order mark. */
async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    // A CR at the end may be half of a CRLF.
    const held = rest.endsWith('\r') ? '\r' : '';
    const lines = rest.slice(0, rest.length - held.length).split(/\r\n|\r|\n/);
    rest = `${lines.pop() ?? ''}${held}`;
    yield* lines;
  }
  if (rest.endsWith('\r')) yield rest.slice(0, -1);
}
