/** Curve arithmetic for tests: slow, readable, independent of every engine. RFC 8032, section 5.1. */
import { createHash } from 'node:crypto';

const P = 2n ** 255n - 19n;
export const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const D = mod(-121665n * inverse(121666n));
const SQRT_M1 = power(2n, (P - 1n) / 4n);

export interface Point {
  x: bigint;
  y: bigint;
}

function mod(value: bigint, by = P): bigint {
  return ((value % by) + by) % by;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let b = mod(base), e = exponent; e > 0n; e >>= 1n, b = mod(b * b))
    if (e & 1n) result = mod(result * b);
  return result;
}

function inverse(value: bigint): bigint {
  return power(value, P - 2n);
}

export function add(a: Point, b: Point): Point {
  const product = mod(D * a.x * b.x * a.y * b.y);
  return {
    x: mod((a.x * b.y + a.y * b.x) * inverse(1n + product)),
    y: mod((a.y * b.y + a.x * b.x) * inverse(1n - product)),
  };
}

export function multiply(point: Point, scalar: bigint): Point {
  let result: Point = { x: 0n, y: 1n };
  for (let p = point, s = scalar; s > 0n; s >>= 1n, p = add(p, p)) if (s & 1n) result = add(result, p);
  return result;
}

/** The point with this y, with an even or odd x; undefined where the curve has none. */
export function withY(y: bigint, odd: boolean): Point | undefined {
  const square = mod((y * y - 1n) * inverse(D * y * y + 1n));
  let x = power(square, (P + 3n) / 8n);
  if (mod(x * x - square) !== 0n) x = mod(x * SQRT_M1);
  if (mod(x * x - square) !== 0n) return undefined;
  if (x !== 0n && (x & 1n) !== (odd ? 1n : 0n)) x = P - x;
  return { x, y };
}

export const BASE = withY(mod(4n * inverse(5n)), false)!;

export function toBytes(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, at) => Number((value >> BigInt(8 * at)) & 0xffn));
}

export function toInteger(bytes: Uint8Array): bigint {
  return bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

export function encode({ x, y }: Point): Uint8Array {
  return toBytes(y | ((x & 1n) << 255n));
}

/** The eight points whose order divides eight: L times anything lands on one of them. */
export function smallOrderPoints(): Point[] {
  for (let y = 2n; ; y += 1n) {
    const point = withY(y, false);
    const torsion = point && multiply(point, L);
    if (torsion && multiply(torsion, 4n).y !== 1n) {
      return Array.from({ length: 8 }, (_, n) => multiply(torsion, BigInt(n)));
    }
  }
}

/** The secret scalar behind a seed. */
export function scalarOf(seed: Uint8Array): bigint {
  const hash = createHash('sha512').update(seed).digest().subarray(0, 32);
  hash[0]! &= 248;
  hash[31] = (hash[31]! & 127) | 64;
  return toInteger(hash);
}

/** The challenge SHA-512(R ‖ A ‖ M) modulo the group order. */
export function challenge(r: Uint8Array, a: Uint8Array, message: Uint8Array): bigint {
  const hash = createHash('sha512').update(r).update(a).update(message).digest();
  return hash.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n) % L;
}

/** The same point on the Montgomery curve of X25519: u = (1 + y) / (1 - y), RFC 7748, section 4.1. */
export function montgomeryU({ y }: Point): Uint8Array {
  return toBytes(mod((1n + y) * inverse(1n - y)));
}

/** Every encoding that some decoder might take for this point: sign bit set on x = 0, y plus the prime. */
export function sloppyEncodings({ x, y }: Point): Uint8Array[] {
  return [y, y + P]
    .filter((value) => value < 2n ** 255n)
    .flatMap((value) => (x === 0n ? [0n, 1n] : [x & 1n]).map((sign) => toBytes(value | (sign << 255n))));
}
