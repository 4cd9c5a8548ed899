import { isIPv4, isIPv6 } from 'node:net';

/** An address as a number of 32 or 128 bits. */
interface IpAddress {
  readonly bits: number;
  readonly value: bigint;
}

/**
 * Reads an IP address as EventBridge does: leading zeros of a decimal part have no meaning, an IPv4 address that is mapped into
 * IPv6 is that IPv4 address, and an IPv6 address has hexadecimal parts only. Returns undefined for any other text.
 */
export function readIpAddress(text: string): IpAddress | undefined {
  if (text.includes(':')) return readIpv6(text);
  const parts = text.split('.').map((part) => (/^\d+$/.test(part) ? part.replace(/^0+(?=\d)/, '') : ''));
  if (!isIPv4(parts.join('.'))) return undefined;
  return { bits: 32, value: parts.reduce((value, part) => value * 256n + BigInt(part), 0n) };
}

function readIpv6(text: string): IpAddress | undefined {
  if (!isIPv6(text) || /[.%]/.test(text)) return undefined;
  const [head = [], tail] = text.split('::').map((half) => half.split(':').filter((part) => part !== ''));
  const zeros = Array.from({ length: tail === undefined ? 0 : 8 - head.length - tail.length }, () => '0');
  const parts = [...head, ...zeros, ...(tail ?? [])];
  const value = parts.reduce((sum, part) => sum * 65_536n + BigInt(`0x${part}`), 0n);
  return value >> 32n === 0xffffn ? { bits: 32, value: value & 0xffff_ffffn } : { bits: 128, value };
}

/**
 * Compiles a block of addresses such as `10.0.0.0/8`; bits after the prefix are ignored. Throws for any other text, and for a
 * block of a single address.
 */
export function compileAddressBlock(text: string, where: string): (address: string) => boolean {
  const [network = '', length = '', ...rest] = text.split('/');
  const block = readIpAddress(network);
  const prefixBits = /^\+?\d+$/.test(length) ? Number(length) : Number.NaN;
  if (block === undefined || rest.length > 0 || !(prefixBits < block.bits))
    throw new Error(`${where}: must be an IP address and a prefix length, below 32 for IPv4 or 128 for IPv6`);
  const shift = BigInt(block.bits - prefixBits);
  return (address) => {
    const found = readIpAddress(address);
    return found?.bits === block.bits && found.value >> shift === block.value >> shift;
  };
}
