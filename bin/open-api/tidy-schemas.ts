type Json = Readonly<Record<string, unknown>>;

/** Texts without further rules, by the names of their members, which mean the same everywhere. */
const formatsByName: Readonly<Record<string, readonly string[]>> = {
  'date-time': ['at', 'since', 'time', 'until'],
  date: ['day'],
  uri: ['partsUrl', 'resultUrl', 'source', 'subject', 'uploadUrl', 'url', 'urn'],
  uuid: [
    ...['blockedBy', 'data', 'dataId', 'dataIds', 'dependsOn', 'from', 'id', 'jobId', 'jobIds', 'jobs'],
    ...['parentId', 'rerunAs', 'rerunOf', 'reusedFrom', 'root', 'to'],
  ],
};

/** IDs that contain the ID of a job, but are none: those of events and deliveries. */
const compositeId = /^ID of the (?:event|delivery)/;

const safe = Number.MAX_SAFE_INTEGER;
const largestInt32 = 2 ** 31 - 1;

/**
 * Makes schemas from Zod say more to people and to generators of clients: texts get formats, and integers a size instead of limits
 * that every integer meets. The rules that a value must meet stay the same.
 */
export function tidySchemas(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => tidySchemas(item, name));
  if (!isJson(value)) return value;
  if (value['type'] === 'string') return tidyText(value, name);
  if (value['type'] === 'integer') return tidyInteger(value, name);
  const { propertyNames, ...kept } = value;
  const members = Object.entries(isAnyText(propertyNames) ? kept : value).map(([key, member]) => [
    key,
    key === 'properties' && isJson(member) ? tidyProperties(member) : tidySchemas(member, name),
  ]);
  return Object.fromEntries(members);
}

function tidyProperties(properties: Json): Json {
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [
      name,
      name === 'links' ? linksOf(schema) : tidySchemas(schema, name),
    ]),
  );
}

const url = { type: 'string', format: 'uri' };

/** The links of every resource have one shape: a receipt has only the required one. */
function linksOf(links: unknown): Json {
  return {
    type: 'object',
    properties: { self: { ...url, description: 'URL of the resource itself.' } },
    required: ['self'],
    additionalProperties: url,
    ...withDescription((links as Json)['description']),
  };
}

function tidyText(schema: Json, name: string): Json {
  const { description, type, ...rules } = schema;
  const moment = momentOf(rules);
  if (moment !== undefined) return { type, format: moment, ...withDescription(description) };
  if (Object.keys(rules).length > 0 || compositeId.test(String(description))) return schema;
  const format = formatOf(name);
  return format === undefined ? schema : { ...schema, format };
}

function formatOf(name: string): string | undefined {
  if (/(?:At|Since)$/.test(name)) return 'date-time';
  return Object.keys(formatsByName).find((format) => formatsByName[format]?.includes(name));
}

/** The format of a moment in a request, whose rule in Zod is a long pattern that allows further forms. */
function momentOf({ pattern }: Json): string | undefined {
  if (typeof pattern !== 'string' || !pattern.includes('02-29')) return undefined;
  return pattern.includes('Tt]00:00:00') ? 'date' : 'date-time';
}

function tidyInteger(schema: Json, name: string): Json {
  const { minimum, maximum, ...others } = schema;
  const limits = {
    ...(minimum === undefined || minimum === -safe ? {} : { minimum }),
    ...(maximum === undefined || (maximum === safe && minimum === -safe) ? {} : { maximum }),
  };
  const isLarge = /Bytes$/.test(name) || (Number(maximum) > largestInt32 && minimum !== -safe);
  return { ...others, format: isLarge ? 'int64' : 'int32', ...limits };
}

function withDescription(description: unknown): Json {
  return description === undefined ? {} : { description };
}

function isAnyText(propertyNames: unknown): boolean {
  return (
    isJson(propertyNames) && Object.keys(propertyNames).length === 1 && propertyNames['type'] === 'string'
  );
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
