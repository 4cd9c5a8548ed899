import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isPublicAddress } from '../../../../core/webhooks/model/public-address.ts';
import { allowsAddress, hostOf, parseWebhookUrl } from '../../../../core/webhooks/model/webhook-url.ts';

const refused = [
  ['127.0.0.1', 'loopback'],
  ['127.255.255.254', 'loopback'],
  ['0.0.0.0', 'this host'],
  ['0.1.2.3', 'this network'],
  ['10.0.0.1', 'private'],
  ['172.16.0.1', 'private'],
  ['172.31.255.255', 'private'],
  ['192.168.1.1', 'private'],
  ['169.254.169.254', 'link-local: metadata of EC2'],
  ['169.254.100.1', 'link-local: metadata of Lambda'],
  ['100.64.0.1', 'carrier-grade NAT'],
  ['100.127.255.255', 'carrier-grade NAT'],
  ['192.0.0.8', 'IETF protocols'],
  ['192.0.2.1', 'documentation'],
  ['198.18.0.1', 'benchmarks'],
  ['198.51.100.1', 'documentation'],
  ['203.0.113.1', 'documentation'],
  ['224.0.0.1', 'multicast'],
  ['239.255.255.255', 'multicast'],
  ['240.0.0.1', 'reserved'],
  ['255.255.255.255', 'broadcast'],
  ['::', 'unspecified'],
  ['::1', 'loopback'],
  ['::ffff:8.8.8.8', 'IPv4-mapped'],
  ['::ffff:127.0.0.1', 'IPv4-mapped'],
  ['::ffff:7f00:1', 'IPv4-mapped'],
  ['::127.0.0.1', 'IPv4-compatible'],
  ['64:ff9b::7f00:1', 'NAT64'],
  ['64:ff9b:1::a00:1', 'local NAT64'],
  ['2002:7f00:1::', '6to4'],
  ['2001:0:7f00:1::', 'Teredo'],
  ['2001:db8::1', 'documentation'],
  ['fc00::1', 'unique local'],
  ['fd00:ec2::254', 'unique local: metadata of EC2'],
  ['fe80::1', 'link-local'],
  ['fe80::1%eth0', 'link-local with a zone'],
  ['fec0::1', 'site-local'],
  ['ff02::1', 'multicast'],
  ['100::1', 'discard'],
  ['receiver.example', 'a name'],
  ['', 'nothing'],
] as const;

describe('isPublicAddress', () => {
  test.each(refused)('is false for %s (%s)', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  test.each([
    '8.8.8.8',
    '52.94.236.248',
    '172.32.0.1',
    '100.63.255.255',
    '2600:1f18::1',
    '2a00:1450:4001::8',
  ])('is true for %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});

describe('parseWebhookUrl', () => {
  const policy = { allowsLoopback: false };

  test.each([
    ['https://receiver.example', 'https://receiver.example/'],
    ['https://RECEIVER.example:8443/a?b=c', 'https://receiver.example:8443/a?b=c'],
    ['https://bücher.example/', 'https://xn--bcher-kva.example/'],
    ['https://8.8.8.8/', 'https://8.8.8.8/'],
  ])('accepts %s', (text, url) => {
    expect(parseWebhookUrl(text, policy)).toBe(url);
  });

  test.each([
    ['http://receiver.example/', 'must begin with https://, not http:'],
    ['ftp://receiver.example/', 'must begin with https://, not ftp:'],
    ['//receiver.example/', 'must be an absolute URL'],
    ['https://', 'must be an absolute URL'],
    ['https://me:secret@receiver.example/', 'must not contain credentials'],
    ['https://receiver.example/#top', 'must not contain a fragment'],
    ['https://127.0.0.1/', 'must not contain the address 127.0.0.1'],
    ['https://0x7f.1/', 'must not contain the address 127.0.0.1'],
    ['https://2130706433/', 'must not contain the address 127.0.0.1'],
    ['https://0177.0.0.1/', 'must not contain the address 127.0.0.1'],
    ['https://127.1/', 'must not contain the address 127.0.0.1'],
    ['https://１２７.0.0.1/', 'must not contain the address 127.0.0.1'],
    ['https://[::1]/', 'must not contain the address ::1'],
    ['https://[::ffff:10.0.0.1]/', 'must not contain the address ::ffff:a00:1'],
    ['https://169.254.169.254/latest', 'must not contain the address 169.254.169.254'],
    ['https://localhost/', 'must not contain the host localhost'],
    ['https://a.localhost./', 'must not contain the host a.localhost.'],
  ])('refuses %s', (text, detail) => {
    expect(() => parseWebhookUrl(text, policy)).toThrow(detail);
  });

  test.each(['http://127.0.0.1:8080/', 'http://localhost:8080/', 'http://[::1]:8080/', 'https://127.0.0.1/'])(
    'accepts %s if loopback addresses are allowed',
    (url) => {
      expect(parseWebhookUrl(url, { allowsLoopback: true })).toBe(url);
    },
  );

  test.each([
    'http://10.0.0.1/',
    'https://10.0.0.1/',
    'http://receiver.example/',
    'https://169.254.169.254/',
  ])('refuses %s even if loopback addresses are allowed', (url) => {
    expect(() => parseWebhookUrl(url, { allowsLoopback: true })).toThrow();
  });

  test('accepts no URL whose host is an address that a connection refuses', () => {
    const hosts = fc.oneof(
      fc.ipV4(),
      fc.ipV4Extended(),
      fc.ipV6().map((address) => `[${address}]`),
    );
    const property = fc.property(hosts, fc.boolean(), (host, allowsLoopback) => {
      const url = `https://${host}/`;
      if (!URL.canParse(url)) return;
      const allowed = allowsAddress(hostOf(new URL(url)), { allowsLoopback });
      const parse = () => parseWebhookUrl(url, { allowsLoopback });
      if (allowed) expect(parse()).toBe(new URL(url).href);
      else expect(parse).toThrow('which is not public');
    });
    fc.assert(property, { numRuns: 2000 });
  });
});
