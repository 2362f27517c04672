// `long double` of x86-64 as the shortest decimal number that reads back as the same.
//
//   byte 9 .. 8                  byte 7 .. 0
//   sign, 15 bits of exponent    64 bits of significand, the leading 1 included
//
// Its bytes 10 to 15 are padding. The value is significand * 2^(exponent - BIAS).

const BIAS = 16383 + 63;
const SPECIAL = 0x7fff;
/** As many digits tell any two apart. */
const MOST_DIGITS = 21;

/** The number in the first 10 bytes. */
export function extendedText(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const significand = view.getBigUint64(0, true);
  const top = view.getUint16(8, true);
  const sign = top >= 0x8000 ? '-' : '';
  const exponent = top & 0x7fff;
  if (exponent === SPECIAL) return BigInt.asUintN(63, significand) === 0n ? `${sign}Infinity` : 'NaN';
  if (significand === 0n) return `${sign}0`;
  return sign + shortest(significand, Math.max(exponent, 1) - BIAS);
}

/** `significand * 2 ** power`, which is `above / below`. */
function shortest(significand: bigint, power: number): string {
  const above = power >= 0 ? significand << BigInt(power) : significand;
  const below = power >= 0 ? 1n : 1n << BigInt(-power);
  // Half the distance to the next number, of the same `below`; times two to stay whole.
  const gap = power >= 0 ? 1n << BigInt(power) : 1n;
  let ten = decimalExponent(above, below);
  for (let digits = 1; ; digits++) {
    const scale = ten - digits + 1;
    const [up, down] = scale >= 0 ? [above, below * 10n ** BigInt(scale)] : [above * 10n ** BigInt(-scale), below];
    const rounded = (2n * up + down) / (2n * down);
    const error = absolute(rounded * down - up);
    const allowed = scale >= 0 ? gap : gap * 10n ** BigInt(-scale);
    if (2n * error < allowed || digits === MOST_DIGITS) {
      const text = rounded.toString();
      if (text.length > digits) ten++;
      return written(text.replace(/0+$/, ''), ten);
    }
  }
}

/** The power of ten of the first digit. */
function decimalExponent(above: bigint, below: bigint): number {
  let ten = above.toString().length - below.toString().length;
  if (ten >= 0 ? above < below * 10n ** BigInt(ten) : above * 10n ** BigInt(-ten) < below) ten--;
  return ten;
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/** As JavaScript writes numbers: with an exponent where that is shorter to read. */
function written(digits: string, ten: number): string {
  if (ten < -7 || ten >= 21) {
    const rest = digits.slice(1);
    return `${digits[0]}${rest === '' ? '' : `.${rest}`}e${ten < 0 ? '-' : '+'}${Math.abs(ten)}`;
  }
  if (ten < 0) return `0.${'0'.repeat(-ten - 1)}${digits}`;
  if (digits.length <= ten + 1) return digits + '0'.repeat(ten + 1 - digits.length);
  return `${digits.slice(0, ten + 1)}.${digits.slice(ten + 1)}`;
}
