// What an invitation's secret opens. Apart from link.ts, whose functions are public and need no engine.
import type { Engine } from './engine.js';
import { keyFromSeed } from './keys.js';
import type { KeysModule } from './keys-module.js';
import { derive, linkToken } from './link.js';
import type { InvitationLink, LinkKeys, SigningKey } from './types.js';

export async function invitationKey(engine: Engine, link: InvitationLink, module: () => Promise<KeysModule>): Promise<SigningKey> {
  return keyFromSeed(engine, await derive(link, 'invitation'), module);
}
export async function linkKeys(engine: Engine, link: InvitationLink, module: () => Promise<KeysModule>): Promise<LinkKeys> {
  return { invitation: (await invitationKey(engine, link, module)).x, token: await linkToken(link) };
}
