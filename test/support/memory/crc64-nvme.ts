/** The two halves of the reflected polynomial of CRC-64/NVME (https://reveng.sourceforge.io/crc-catalogue/all.htm#crc.cat.crc-64-nvme). */
const polynomial = { high: 0x9a6c9329, low: 0xac4bc9b5 };

const table = Array.from({ length: 256 }, (_, byte) => {
  let [high, low] = [0, byte];
  for (let bit = 0; bit < 8; bit += 1) {
    const carry = low & 1;
    low = (low >>> 1) | ((high & 1) << 31);
    high >>>= 1;
    if (carry === 1) [high, low] = [high ^ polynomial.high, low ^ polynomial.low];
  }
  return [high, low] as const;
});
const highs = Int32Array.from(table, ([high]) => high);
const lows = Int32Array.from(table, ([, low]) => low);

/** The CRC-64/NVME of bytes in Base64, as S3 returns it. */
export function crc64Nvme(bytes: Uint8Array): string {
  let [high, low] = [-1, -1];
  for (const byte of bytes) {
    const index = (low ^ byte) & 0xff;
    low = ((low >>> 8) | (high << 24)) ^ (lows[index] ?? 0);
    high = (high >>> 8) ^ (highs[index] ?? 0);
  }
  const result = Buffer.alloc(8);
  result.writeInt32BE(~high, 0);
  result.writeInt32BE(~low, 4);
  return result.toString('base64');
}
