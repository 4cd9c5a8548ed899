import { AwsError } from '../aws-error.ts';
import { isRecord, type JsonRecord, listOf } from '../json.ts';

/** Executes up to ten entries independently: the failure of one does not affect the others. */
export function executeBatch(input: JsonRecord, execute: (entry: JsonRecord) => JsonRecord): JsonRecord {
  const entries = listOf(input['Entries']).filter(isRecord);
  const ids = new Set(entries.map((entry) => entry['Id']));
  if (entries.length === 0)
    throw new AwsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  if (entries.length > 10)
    throw new AwsError('TooManyEntriesInBatchRequest', 'Maximum number of entries per request are 10.');
  if (ids.size < entries.length)
    throw new AwsError('BatchEntryIdsNotDistinct', 'Two or more batch entries have the same Id.');
  const outcomes = entries.map((entry) => attempt(entry, execute));
  return {
    Successful: outcomes.flatMap((outcome) => ('Code' in outcome ? [] : [outcome])),
    Failed: outcomes.flatMap((outcome) => ('Code' in outcome ? [outcome] : [])),
  };
}

function attempt(entry: JsonRecord, execute: (entry: JsonRecord) => JsonRecord): JsonRecord {
  try {
    return { Id: entry['Id'], ...execute(entry) };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { Id: entry['Id'], Code: error.code, Message: error.message, SenderFault: true };
  }
}
