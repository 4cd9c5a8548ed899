import type { Call, Transport } from './transport.ts';

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor?: string;
}

/** Yields the items of all pages of a list; the next page is requested when the previous one has been read. */
export async function* readPages<Item>(transport: Transport, call: Call): AsyncGenerator<Item> {
  let cursor: string | undefined;
  do {
    const { body } = await transport.call<Page<Item>>({ ...call, query: { ...call.query, cursor } });
    yield* body.items;
    cursor = body.nextCursor;
  } while (cursor !== undefined);
}
