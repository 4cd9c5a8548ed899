import { Resolver } from 'node:dns/promises';
import type { NameResolver } from '../../core/ports/webhooks/name-resolver.ts';

const timeoutMs = 1000;
const tries = 2;
const maxMs = 3000;

/** The methods of Node's resolver that are used; replaced in tests. */
export interface AddressRecords {
  resolve4(hostname: string): Promise<readonly string[]>;
  resolve6(hostname: string): Promise<readonly string[]>;
  cancel(): void;
}

/**
 * Resolves names with the name servers of the system. Unlike the connections of deliveries, it needs no thread of libuv: a name server
 * that does not respond cannot delay other calls of the process (https://nodejs.org/api/dns.html#implementation-considerations).
 */
export function dnsResolver(
  newResolver: () => AddressRecords = () => new Resolver({ timeout: timeoutMs, tries }),
): NameResolver {
  return {
    async resolve(hostname) {
      const resolver = newResolver();
      const timer = setTimeout(() => resolver.cancel(), maxMs);
      try {
        const [four, six] = await Promise.allSettled([
          resolver.resolve4(hostname),
          resolver.resolve6(hostname),
        ]);
        const addresses = [four, six].flatMap((records) =>
          records.status === 'fulfilled' ? records.value : [],
        );
        if (addresses.length > 0) return addresses;
        throw four.status === 'rejected' ? four.reason : new Error(`${hostname} has no address`);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
