// Invitation links: `<page>#<stream>.<secret>`. The fragment never travels to a server. FORMAT.md section 12.
import { fromBase64Url, fromHex, toBase64Url, type Engine } from './engine.js';
import { CountersignError } from './errors.js';
import { keyFromSeed, subtle } from './keys.js';
import type { KeysModule } from './keys-module.js';
import type { InvitationLink, LinkKeys, SigningKey, StreamId } from './types.js';

const fragment = /^([0-9a-f]{32})\.([A-Za-z0-9_-]{43})$/;

/** The address a recipient opens: `page` with the link as its fragment. */
export function makeLink(page: string | URL, link: InvitationLink): string {
  const url = new URL(page);
  url.hash = `${link.stream}.${link.secret}`;
  return url.href;
}

/** Reads a whole address, a fragment with or without `#`, or answers with `link.malformed`. */
export function parseLink(text: string): InvitationLink {
  const found = fragment.exec(text.slice(text.lastIndexOf('#') + 1).trim());
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
  return toBase64Url(await derive(link, 'token'));
}
/** HKDF-SHA256 of the secret, salted with the stream. */
async function derive({ stream, secret }: InvitationLink, use: 'token' | 'invitation'): Promise<Uint8Array> {
  const key = await subtle().importKey('raw', fromBase64Url(secret) as BufferSource, 'HKDF', false, ['deriveBits']);
  const salt = fromHex(stream) as BufferSource;
  return new Uint8Array(await subtle().deriveBits({ name: 'HKDF', hash: 'SHA-256', salt, info: new TextEncoder().encode(`countersign-${use}/v1`) }, key, 256));
}
export async function invitationKey(engine: Engine, link: InvitationLink, module: () => Promise<KeysModule>): Promise<SigningKey> {
  return keyFromSeed(engine, await derive(link, 'invitation'), module);
}
export async function linkKeys(engine: Engine, link: InvitationLink, module: () => Promise<KeysModule>): Promise<LinkKeys> {
  return { invitation: (await invitationKey(engine, link, module)).x, token: await linkToken(link) };
}
