import type { ServiceManifest } from '../../manifest/service-manifest.ts';

/**
 * Returns the command that submits a job with files for the input slots of a service; undefined if it has none. Optional slots are in
 * the command only if no slot is required.
 */
export function submitHint({
  name,
  inputs = {},
}: Pick<ServiceManifest, 'name' | 'inputs'>): string | undefined {
  const slots = Object.entries(inputs);
  const required = slots.filter(([, slot]) => slot.required !== false);
  const named = (required.length > 0 ? required : slots.slice(0, 1)).map(
    ([slot]) => `--input ${slot}=@<path>`,
  );
  return named.length === 0 ? undefined : `errand submit ${name} ${named.join(' ')} --wait`;
}
