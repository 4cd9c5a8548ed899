import type { Format } from 'ajv';

const date = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;
const time = /^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i;

/** The formats of the OpenAPI document, as their registries define them (https://spec.openapis.org/registry/format/). */
export const documentedFormats: Readonly<Record<string, Format>> = {
  date,
  'date-time': (text: string) =>
    date.test(text.slice(0, 10)) && /^T/i.test(text.slice(10)) && time.test(text.slice(11)),
  int32: { type: 'number', validate: (value: number) => Math.abs(value) < 2 ** 31 },
  int64: { type: 'number', validate: Number.isSafeInteger },
  uri: (text: string) => /^[a-z][a-z0-9+.-]*:\S+$/i.test(text) && URL.canParse(text),
  uuid: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
};
