/**
 * What Ed25519 implementations disagree about. Signing libraries accept different sets of malformed signatures
 * and keys; these checks run before every engine, so that all engines give the strictest verdict:
 * S below the group order (RFC 8032, section 5.1.7), canonical y, and no point of small order, for which one
 * signature would fit many messages.
 */

const FIELD_PRIME = littleEndian('edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f');
const GROUP_ORDER = littleEndian('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010');

/** The y coordinates of the eight points whose order divides the cofactor; each serves both signs of x. */
const SMALL_ORDER_Y = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
].map(littleEndian);

function littleEndian(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}

function isBelow(value: Uint8Array, bound: Uint8Array): boolean {
  for (let at = 31; at >= 0; at -= 1) {
    if (value[at]! !== bound[at]!) return value[at]! < bound[at]!;
  }
  return false;
}

/** True for 32 bytes that encode a point canonically and not one of small order. Not: that it is on the curve. */
export function isSoundPoint(encoded: Uint8Array): boolean {
  if (encoded.length !== 32) return false;
  const y = Uint8Array.from(encoded);
  y[31]! &= 0x7f;
  return isBelow(y, FIELD_PRIME) && !SMALL_ORDER_Y.some((small) => small.every((byte, at) => byte === y[at]));
}

/** True for 64 bytes R ‖ S with a sound R and S below the group order. */
export function isSoundSignature(signature: Uint8Array): boolean {
  return (
    signature.length === 64 &&
    isSoundPoint(signature.subarray(0, 32)) &&
    isBelow(signature.subarray(32), GROUP_ORDER)
  );
}
