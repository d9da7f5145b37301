"""Ed25519 verification, written for clarity from RFC 8032 section 5.1, as strict as core/FORMAT.md section 2 asks.

Not constant time and not fast: it only ever sees public things.
"""
import functools
import hashlib

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_MINUS_1 = pow(2, (P - 1) // 4, P)

# Points in extended coordinates (X, Y, Z, T): x = X/Z, y = Y/Z, xy = T/Z.
NEUTRAL = (0, 1, 1, 0)


def add(a, b):
    x1, y1, z1, t1 = a
    x2, y2, z2, t2 = b
    p, q = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    r, s = 2 * t1 * t2 * D % P, 2 * z1 * z2 % P
    e, f, g, h = q - p, s - r, s + r, q + p
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def multiply(number, point):
    result = NEUTRAL
    while number:
        if number & 1:
            result = add(result, point)
        point = add(point, point)
        number >>= 1
    return result


def equal(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def negate(a):
    return (-a[0] % P, a[1], a[2], -a[3] % P)


def encode_point(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, 'little')


def decode_point(data):
    """The point, or None where the 32 bytes are no canonical encoding of one on the curve."""
    y = int.from_bytes(data, 'little')
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    # x^2 = (y^2 - 1) / (d y^2 + 1)
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if (v * x * x - u) % P != 0:
        x = x * SQRT_MINUS_1 % P
    if (v * x * x - u) % P != 0:
        return None
    if x == 0 and sign:
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


BASE = decode_point((4 * pow(5, P - 2, P) % P).to_bytes(32, 'little'))


def has_small_order(point):
    return equal(multiply(8, point), NEUTRAL)


@functools.lru_cache(1024)
def is_admissible(key):
    """A public key that may sign: canonical, on the curve, in the prime-order subgroup, not the neutral element."""
    if len(key) != 32:
        return False
    point = decode_point(key)
    return point is not None and not has_small_order(point) and equal(multiply(L, point), NEUTRAL)


def hash_to_scalar(*parts):
    return int.from_bytes(hashlib.sha512(b''.join(parts)).digest(), 'little') % L


@functools.lru_cache(4096)
def verify(key, message, signature):
    """S < L; neither A nor R of small order; R compared by its bytes; no cofactor."""
    if len(key) != 32 or len(signature) != 64:
        return False
    r, s = signature[:32], int.from_bytes(signature[32:], 'little')
    a_point, r_point = decode_point(key), decode_point(r)
    if s >= L or a_point is None or r_point is None or has_small_order(a_point) or has_small_order(r_point):
        return False
    k = hash_to_scalar(r, key, message)
    return encode_point(add(multiply(s, BASE), negate(multiply(k, a_point)))) == r
