interface Column {
  readonly name: string;
  readonly type: string;
  readonly count: number;
  readonly missing: number;
  readonly distinct: number;
  readonly min?: number | string;
  readonly max?: number | string;
  readonly mean?: number;
  readonly standardDeviation?: number;
  readonly quartiles?: readonly number[];
  readonly commonest?: ReadonlyArray<{ readonly value: string; readonly count: number }>;
}

const headings = [
  'column',
  'type',
  'count',
  'missing',
  'distinct',
  'min',
  'max',
  'mean',
  'sd',
  'quartiles',
  'commonest',
];

/** Fetches the result of a csv-profile job and prints it as a table with one line per CSV column. */
export async function printProfile(
  api: { readonly url: string; readonly apiKey: string },
  jobId: string,
): Promise<void> {
  const response = await fetch(`${api.url}/v1/jobs/${jobId}/result`, {
    headers: { 'x-api-key': api.apiKey },
  });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  const { rows, columns } = (await response.json()) as { rows: number; columns: readonly Column[] };
  const lines = [headings, ...columns.map(cells)];
  const widths = headings.map((_, index) => Math.max(...lines.map((line) => line[index]?.length ?? 0)));
  console.log(`\n  ${rows} rows`);
  for (const line of lines)
    console.log(
      `  ${line
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd()}`,
    );
}

function cells(column: Column): readonly string[] {
  const { name, type, count, missing, distinct, min, max, mean, standardDeviation, quartiles, commonest } =
    column;
  const numbers = [count, missing, distinct].map(String);
  const range = [short(min), short(max), short(mean), short(standardDeviation)];
  const top = commonest
    ?.slice(0, 3)
    .map(({ value, count: times }) => `${value} (${times})`)
    .join(', ');
  return [name, type, ...numbers, ...range, quartiles?.map(short).join(' / ') ?? '', top ?? ''];
}

function short(value: number | string | undefined): string {
  return typeof value === 'number' ? String(Number(value.toPrecision(5))) : (value ?? '');
}
