import { isInMediaRanges } from '../../contract/media-type.ts';
import type { Violation } from '../../contract/problems/problem-schema.ts';
import { maxInputs } from '../../contract/schemas/input-schemas.ts';
import type { SlotDefinition, SlotDefinitions } from '../../contract/schemas/slot-schemas.ts';
import type { DataObject } from '../../data/model/data-object.ts';
import { childPointer } from '../../json-schema/schema/json-pointer.ts';
import type { InputIds } from '../model/job.ts';

const root = '/inputs';

/** The data objects that exist, by their IDs. */
export type FoundData = ReadonlyMap<string, DataObject>;

/**
 * Every violation of inputs, with its pointer.
 * @param slots the input slots of the service; undefined in a draft without a service, whose slots cannot be checked
 */
export function inputViolations(
  ids: InputIds,
  slots: SlotDefinitions | undefined,
  found: FoundData,
): readonly Violation[] {
  return [
    ...Object.entries(ids).flatMap(([slot, listed]) => [
      ...slotViolations(slot, listed, slots),
      ...listed.flatMap((id, index) =>
        objectViolations(id, definitionOf(slots, slot), found.get(id)).map(({ detail, keyword }) => ({
          pointer: childPointer(pointerOf(slot), index),
          detail,
          keyword,
        })),
      ),
    ]),
    ...missingSlots(ids, slots),
  ];
}

/** The violation of inputs that are too many to be stored. */
export function tooManyInputs(ids: InputIds): readonly Violation[] {
  const count = Object.values(ids).flat().length;
  if (count <= maxInputs) return [];
  const detail = `must have at most ${maxInputs} data objects in all slots, not ${count}`;
  return [{ pointer: root, detail, keyword: 'maxItems' }];
}

/** The pointer of a slot in a submission. */
function pointerOf(slot: string): string {
  return childPointer(root, slot);
}

/** The definition of a slot; undefined if the service does not declare it. */
export function definitionOf(slots: SlotDefinitions | undefined, slot: string): SlotDefinition | undefined {
  return slots !== undefined && Object.hasOwn(slots, slot) ? slots[slot] : undefined;
}

function slotViolations(
  slot: string,
  ids: readonly string[],
  slots: SlotDefinitions | undefined,
): readonly Violation[] {
  const pointer = pointerOf(slot);
  const repeated = ids.flatMap((id, index) =>
    ids.indexOf(id) === index
      ? []
      : [
          {
            pointer: childPointer(pointer, index),
            detail: `repeats the data object ${id}`,
            keyword: 'uniqueItems',
          },
        ],
  );
  if (slots === undefined) return repeated;
  const definition = definitionOf(slots, slot);
  if (definition === undefined)
    return [{ pointer, detail: unknownSlot(slots), keyword: 'slot' }, ...repeated];
  if (definition.collection === true || ids.length <= 1) return repeated;
  const detail = `must contain one data object, not ${ids.length}, because the slot is no collection`;
  return [{ pointer, detail, keyword: 'maxItems' }, ...repeated];
}

function unknownSlot(slots: SlotDefinitions): string {
  const names = Object.keys(slots);
  return names.length === 0
    ? 'is not allowed: the service has no input slots'
    : `is not an input slot of the service, which has ${names.join(', ')}`;
}

/** The text for an object of another tenant is that for an object that does not exist. */
function objectViolations(
  id: string,
  definition: SlotDefinition | undefined,
  data: DataObject | undefined,
): readonly Omit<Violation, 'pointer'>[] {
  if (data === undefined || data.deletion !== undefined)
    return [{ detail: `names the data object ${id}, which does not exist`, keyword: 'exists' }];
  const accepted = definition?.mediaTypes;
  const isAccepted = accepted === undefined || isInMediaRanges(data.mediaType, accepted);
  return [
    ...(data.status === 'available' ? [] : [{ detail: unavailable(data), keyword: 'available' }]),
    ...(isAccepted
      ? []
      : [
          {
            detail: `names the data object ${id} of the media type ${data.mediaType}; the slot accepts ${accepted.join(', ')}`,
            keyword: 'mediaType',
          },
        ]),
  ];
}

function unavailable({ id, status }: DataObject): string {
  return status === 'uploading'
    ? `names the data object ${id}, whose upload is not complete`
    : `names the data object ${id}, whose upload was not completed in time`;
}

function missingSlots(ids: InputIds, slots: SlotDefinitions = {}): readonly Violation[] {
  return Object.entries(slots).flatMap(([slot, { required = true }]) =>
    !required || Object.hasOwn(ids, slot)
      ? []
      : [{ pointer: pointerOf(slot), detail: 'is required', keyword: 'required' }],
  );
}
