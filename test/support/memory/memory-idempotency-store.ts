import type {
  IdempotencyKey,
  IdempotencyStore,
  RememberedRequest,
} from '../../../core/ports/idempotency-store.ts';

/** The in-memory idempotency store; an expired entry stays until it is replaced. */
export function memoryIdempotencyStore(): IdempotencyStore {
  const stored = new Map<string, RememberedRequest>();
  const kept = (key: IdempotencyKey, now: number) => {
    const request = stored.get(nameOf(key));
    return request !== undefined && request.expiresAtEpochSeconds * 1000 > now ? request : undefined;
  };
  return {
    async remember(key, request, now) {
      const there = kept(key, now);
      if (there === undefined) stored.set(nameOf(key), structuredClone(request));
      return structuredClone(there ?? request);
    },
    find: async (key, now) => structuredClone(kept(key, now)),
  };
}

/** Tenant names contain no `#`. */
function nameOf({ tenant, key }: IdempotencyKey): string {
  return `${tenant}#${key}`;
}
