import { AwsError } from '../aws-error.ts';
import { isRecord, type JsonRecord, textOrJson } from '../json.ts';
import { busNameOf } from './bus-name.ts';
import type { EventFacts } from './event.ts';

/** An accepted entry with its bus. */
export interface AcceptedEntry {
  readonly busName: string;
  readonly facts: EventFacts;
}

/** The error of one entry of a request; it does not affect the other entries. */
export interface RefusedEntry {
  readonly ErrorCode: string;
  readonly ErrorMessage: string;
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
const maxEntries = 10;
/** Total size of all entries. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html */
const maxRequestBytes = 262_144;
const entryMembers = ['Time', 'Source', 'Resources', 'DetailType', 'Detail', 'EventBusName', 'TraceHeader'];

/** Returns the entries of a request's body. Throws AWS's error if the request as a whole is invalid. */
export function entriesOf(body: unknown): readonly JsonRecord[] {
  const entries: readonly unknown[] = isRecord(body) && Array.isArray(body['Entries']) ? body['Entries'] : [];
  if (entries.length < 1 || entries.length > maxEntries) {
    throw invalid(
      `Value at 'entries' failed to satisfy constraint: Member must have length between 1 and ${maxEntries}`,
    );
  }
  const objects = entries.filter(isRecord);
  if (objects.length < entries.length)
    throw new AwsError('SerializationException', 'An entry is not an object');
  if (objects.reduce((total, entry) => total + entryBytes(entry), 0) > maxRequestBytes) {
    throw new AwsError('ValidationException', 'Total size of the entries in the request is over the limit.');
  }
  return objects;
}

/** Returns the name of an entry's bus. */
export function entryBus(entry: JsonRecord): string {
  return busNameOf(textOrJson(entry['EventBusName'] ?? 'default'));
}

/** Parses an entry. A refusal has AWS's code and message. */
export function readEntry(entry: JsonRecord, knownBuses: readonly string[]): AcceptedEntry | RefusedEntry {
  const unknown = Object.keys(entry).find((key) => !entryMembers.includes(key));
  if (unknown !== undefined)
    return refused('InvalidArgument', `${unknown} is not supported by the local runtime`);
  const { Source: source, DetailType: detailType } = entry;
  if (!isText(source)) return missing('Source');
  if (!isText(detailType)) return missing('DetailType');
  if (!isText(entry['Detail'])) return missing('Detail');
  if (source.startsWith('aws.'))
    return refused('NotAuthorizedForSourceException', 'Not authorized for the source.');
  const detail = parsedDetail(entry['Detail']);
  if (detail === undefined) return refused('MalformedDetail', 'Detail is malformed.');
  const busName = entryBus(entry);
  if (!knownBuses.includes(busName))
    return refused('ResourceNotFoundException', `Event bus ${busName} does not exist.`);
  return { busName, facts: { source, detailType, detail, ...optionalFacts(entry) } };
}

function optionalFacts(entry: JsonRecord): Pick<EventFacts, 'resources' | 'time'> {
  const { Resources: resources, Time: epochSeconds } = entry;
  return {
    ...(Array.isArray(resources) ? { resources: resources.map(String) } : {}),
    ...(typeof epochSeconds === 'number' ? { time: new Date(epochSeconds * 1000) } : {}),
  };
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevent-size */
function entryBytes(entry: JsonRecord): number {
  const resources: readonly unknown[] = Array.isArray(entry['Resources']) ? entry['Resources'] : [];
  const texts = [entry['Source'], entry['DetailType'], entry['Detail'], ...resources];
  const textBytes = texts.reduce<number>((total, text) => total + Buffer.byteLength(textOrJson(text)), 0);
  return textBytes + (entry['Time'] === undefined ? 0 : 14);
}

function parsedDetail(text: string): JsonRecord | undefined {
  try {
    const detail: unknown = JSON.parse(text);
    return isRecord(detail) ? detail : undefined;
  } catch {
    return undefined;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function missing(member: string): RefusedEntry {
  return refused(
    'InvalidArgument',
    `Parameter ${member} is not valid. Reason: ${member} is a required argument.`,
  );
}

function refused(code: string, message: string): RefusedEntry {
  return { ErrorCode: code, ErrorMessage: message };
}

function invalid(what: string): AwsError {
  return new AwsError('ValidationException', `1 validation error detected: ${what}`);
}
