// Invitation links: `<page>#<stream>.<secret>`. The fragment never travels to a server. FORMAT.md section 12.
import { fromBase64Url, fromHex, toBase64Url, type Engine } from './engine.js';
import { CountersignError } from './errors.js';
import { keyFromSeed } from './keys.js';
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

/** The bearer token that the secret opens the stream with. */
function tokenOf(engine: Engine, link: InvitationLink): string {
  return toBase64Url(engine.bytes('cs_hkdf', fromBase64Url(link.secret), fromHex(link.stream), 'countersign-token/v1', 32));
}
export function invitationKey(engine: Engine, link: InvitationLink, module: () => Promise<KeysModule>): Promise<SigningKey> {
  return keyFromSeed(engine, engine.bytes('cs_hkdf', fromBase64Url(link.secret), fromHex(link.stream), 'countersign-invitation/v1', 32), module);
}
export async function linkKeys(engine: Engine, link: InvitationLink, module: () => Promise<KeysModule>): Promise<LinkKeys> {
  return { invitation: (await invitationKey(engine, link, module)).x, token: tokenOf(engine, link) };
}
