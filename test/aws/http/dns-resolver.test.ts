import { describe, expect, test } from 'vitest';
import { type AddressRecords, dnsResolver } from '../../../aws/http/dns-resolver.ts';

const none = () => Promise.reject(Object.assign(new Error('queryA ENOTFOUND'), { code: 'ENOTFOUND' }));

function records(four: readonly string[] | undefined, six: readonly string[] | undefined): AddressRecords {
  const answer = (addresses: readonly string[] | undefined) => () =>
    addresses === undefined ? none() : Promise.resolve([...addresses]);
  return { resolve4: answer(four), resolve6: answer(six), cancel: () => undefined };
}

describe('dnsResolver', () => {
  test.each([
    [['1.2.3.4'], undefined, ['1.2.3.4']],
    [undefined, ['2606::1'], ['2606::1']],
    [['1.2.3.4', '10.0.0.1'], ['::1'], ['1.2.3.4', '10.0.0.1', '::1']],
  ])('returns the addresses of both families: %j and %j', async (four, six, all) => {
    expect(await dnsResolver(() => records(four, six)).resolve('a.example')).toEqual(all);
  });

  test('throws the reason if a name has no address', async () => {
    await expect(dnsResolver(() => records(undefined, undefined)).resolve('a.example')).rejects.toThrow(
      'ENOTFOUND',
    );
    await expect(dnsResolver(() => records([], [])).resolve('a.example')).rejects.toThrow('has no address');
  });

  test('gives up a name whose servers do not respond', async () => {
    let cancel = (): void => undefined;
    const pending = () =>
      new Promise<string[]>((_, reject) => {
        const earlier = cancel;
        cancel = () => {
          earlier();
          reject(new Error('ECANCELLED'));
        };
      });
    const silent = { resolve4: pending, resolve6: pending, cancel: () => cancel() };
    const startedAt = Date.now();
    await expect(dnsResolver(() => silent).resolve('a.example')).rejects.toThrow('ECANCELLED');
    expect(Date.now() - startedAt).toBeLessThan(10_000);
  }, 20_000);

  test('queries the name servers of this machine, and ends in time', async () => {
    await expect(dnsResolver().resolve('a-name.invalid')).rejects.toThrow();
  }, 20_000);
});
