// Invitation links: `<page>#<stream>.<secret>`. The fragment never travels to a server. FORMAT.md section 12.
import { badArgument, fromBase64Url, fromHex, toBase64Url } from './engine.js';
import { CountersignError } from './errors.js';
import { subtle } from './keys.js';
import type { InvitationLink, StreamId } from './types.js';

const fragment = /^([0-9a-f]{32})\.([A-Za-z0-9_-]{43})$/;

/** The address a recipient opens: `page` (in a browser also relative to the document's) with the link as its fragment. Errors: `link.malformed`, `input.bad_argument`. */
export function makeLink(page: string | URL, link: InvitationLink): string {
  const { stream, secret } = checked(link);
  let url: URL;
  try {
    url = new URL(page, globalThis.document?.baseURI);
  } catch (error) {
    throw badArgument('The page is no whole address', error);
  }
  url.hash = `${stream}.${secret}`;
  return url.href;
}

/** Two texts of the right form, or `link.malformed`: what is no link must not become the address of one. */
export function checked(link: InvitationLink): InvitationLink {
  return parseLink(`${link?.stream}.${link?.secret}`);
}

/** Reads a whole address, a fragment with or without `#`, or answers with `link.malformed`. */
export function parseLink(text: string): InvitationLink {
  const found = fragment.exec(String(text).replace(/^[^]*#/, '').trim());
  // The last of 43 characters carries two spare bits: one secret, one spelling.
  if (!found || toBase64Url(fromBase64Url(found[2]!)) !== found[2]) {
    throw new CountersignError('link.malformed', 'The link is incomplete or changed; ask the sender for it again');
  }
  return { stream: found[1]! as StreamId, secret: found[2]! };
}

/**
 * The bearer token that the link's secret opens its stream with. Needs no engine: a page asks its backend for the
 * agreement while the engine is still on its way (`HttpBackend.ahead`). Errors: `keys.unsupported` without WebCrypto.
 */
export async function linkToken(link: InvitationLink): Promise<string> {
  return toBase64Url(await derive(checked(link), 'token'));
}
/** HKDF-SHA256 of the secret, salted with the stream. */
export async function derive({ stream, secret }: InvitationLink, use: 'token' | 'invitation'): Promise<Uint8Array> {
  const key = await subtle().importKey('raw', fromBase64Url(secret) as BufferSource, 'HKDF', false, ['deriveBits']);
  const salt = fromHex(stream) as BufferSource;
  return new Uint8Array(await subtle().deriveBits({ name: 'HKDF', hash: 'SHA-256', salt, info: new TextEncoder().encode(`countersign-${use}/v1`) }, key, 256));
}
