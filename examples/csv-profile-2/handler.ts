import { type DataInput, defineService } from 'errand/worker';
import { histogramsSvg } from './picture/histograms-svg.ts';
import { profileStream } from './reading/profile-stream.ts';
import { summarize } from './summarize.ts';

/** The service's parameters; see `service.json`. */
type Parameters = { readonly delimiter: string; readonly columns?: readonly string[] };

/**
 * Profiles the CSV table in the slot `table` while it streams. Writes the profile and a picture of it to the output slots, and
 * returns a short summary.
 */
export const handler = defineService<Parameters, unknown>(
  async ({ parameters, input, output, progress, signal }) => {
    const table = await input('table');
    if (table === undefined) throw new Error('the slot table is required');
    const { delimiter, columns } = parameters;
    let [readBytes, rows] = [0, 0];
    const report = (): void => {
      const completion = table.sizeBytes === 0 ? 1 : readBytes / table.sizeBytes;
      progress({ stepsCompleted: rows, completion, message: `${rows.toLocaleString('en-US')} rows` });
    };
    const content = await countBytes(table, (bytes) => {
      readBytes += bytes;
      report();
    });
    const onRows = (count: number): void => {
      rows = count;
    };
    const profile = await profileStream(content, { delimiter, columns, signal, onRows });
    report();
    await output('profile').write(JSON.stringify(profile), {
      name: 'profile.json',
      mediaType: 'application/json',
    });
    await output('histograms').write(histogramsSvg(profile), {
      name: 'histograms.svg',
      mediaType: 'image/svg+xml',
    });
    return summarize(profile);
  },
);

/** Streams the content, and reports the bytes before each chunk when they have been processed. */
async function countBytes(
  table: DataInput,
  processed: (bytes: number) => void,
): Promise<AsyncIterable<Uint8Array>> {
  const stream = await table.stream();
  return (async function* () {
    for await (const chunk of stream) {
      yield chunk;
      processed(chunk.byteLength);
    }
  })();
}
