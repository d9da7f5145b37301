// What senders do and signers never: creating an envelope, inviting, publishing a revision, checking before it is sent. Fetched
// with the first of these. Envelopes begin and are revised in the author module, on a ledger of its own: a signer's phone does
// not carry how.
import { badArgument, stringify, toBase64Url, toHex, unpack, type Engine } from './engine.js';
import { CountersignError } from './errors.js';
import type { ActContext, Author, OpenLog } from './open-log.js';
import type { SessionParts } from './session.js';
import type { TemplateShelf } from './templates.js';
import type { Envelope, EnvelopeDraft, InvitationLink, Item, Json, LinkKeys, PlainValues, RecipientDraft, SigningKey, StreamAccess, StreamId } from './types.js';

export interface NewLink extends LinkKeys {
  readonly link: InvitationLink;
}

interface Desk {
  readonly engine: Engine;
  readonly random: (length: number) => Uint8Array;
  readonly author: () => Promise<Engine>;
  readonly templates: TemplateShelf;
  readonly context: ActContext;
  readonly log: (stream: StreamId) => Promise<OpenLog>;
  readonly newLink: (stream: StreamId) => Promise<NewLink>;
}

/** A new envelope in a stream of its own, its recipients invited and its first revision published: one transaction. */
export async function createEnvelope(draft: EnvelopeDraft, owner: SigningKey, desk: Desk): Promise<OpenLog> {
  const { engine } = desk;
  checkDraft(draft, owner);
  const stream = toHex(desk.random(16)) as StreamId;
  const contract = await desk.templates.open(draft.template.compiled);
  const encoder = new TextEncoder();
  let fields: Uint8Array;
  const contractLocale = draft.locale ?? contract.locale;
  const template = { id: contract.id, version: String(contract.version), source: contract.sourceRef, compiled: contract.compiledRef };
  const { library } = contract;
  try {
    fields = encoder.encode(contract.fieldsFor(draft.recipients));
  } finally {
    contract.close();
  }
  const texts = Object.values(draft.template.library ?? {}).map((text) => encoder.encode(text)).filter((text) => library.includes(refOf(engine, text)));
  const { id, version, locale, slots, summary } = draft.consent;
  const consent = encoder.encode(engine.text('cs_canonical_json', stringify({ format: 'countersign-consent/v1', id, version, locale, slots, summary })));
  const invitations = await Promise.all(draft.recipients.map((recipient) => desk.newLink(stream).then((made) => ({ recipient, ...made }))));
  const access: StreamAccess = {
    token: (await desk.newLink(stream)).token,
    // What a backend stores of a token: SHA-256 of its text.
    grants: invitations.map(({ recipient, token }) => ({ recipient: recipient.id, tokenHash: toHex(engine.bytes('cs_sha256', encoder.encode(token))) })),
  };
  const log = await desk.log(stream);
  const items = await signAll(log, await desk.author(), owner, desk.context, [encoder.encode(draft.template.source), draft.template.compiled, fields, consent, ...texts], [
    {
      do: 'create', title: draft.title, sender: draft.sender, ...present('recovery', draft.recovery), ...present('services', draft.services), ...present('tiePolicy', draft.tiePolicy),
      ...present('acceptance', draft.acceptance), ...present('deadlinePolicy', draft.deadlinePolicy), ...present('relatesTo', draft.relatesTo),
    },
    ...invitations.map(({ recipient, invitation }) => invitationOf(recipient, invitation)),
    {
      do: 'publishRevision', template, library, values: draft.values, fields: refOf(engine, fields), locale: contractLocale,
      consent: { id, version, locale, text: refOf(engine, consent) }, ...present('deadlineAt', draft.deadlineAt),
    },
  ]);
  await log.adopt(items, {
    [`links/${stream}`]: Object.fromEntries(invitations.map(({ recipient, link }) => [recipient.id, link.secret])),
    [`access/${stream}`]: access as unknown as Json,
    [`actor/${stream}`]: { as: 'owner', key: (owner as { name?: string }).name ?? null },
  });
  return log;
}

/** What is wrong with its form is told by name, before anything of it is made. The core checks the rest. Errors: `input.bad_argument`. */
function checkDraft(draft: EnvelopeDraft, owner: SigningKey): void {
  const wrong = (path: string, wanted: string): never => { throw badArgument(`${path.slice(1).replaceAll('/', '.')} must be ${wanted}`, undefined, path); };
  const { template, recipients, consent, sender } = draft ?? {};
  if (!(template?.compiled instanceof Uint8Array)) wrong('/template/compiled', 'the bytes of a compiled template (`Template.compiled`)');
  if (typeof template.source !== 'string') wrong('/template/source', 'its source (`CompileResult.source`)');
  if (!Array.isArray(recipients)) wrong('/recipients', 'a list');
  recipients.forEach((recipient, i) => { if (typeof recipient?.id !== 'string') wrong(`/recipients/${i}/id`, 'the id of a recipient'); });
  if (typeof consent?.slots !== 'object') wrong('/consent', 'a disclosure (`Template.consent` or your own)');
  if (typeof sender?.name !== 'string') wrong('/sender/name', 'the name of the sender');
  if (typeof owner?.x !== 'string' || typeof owner.sign !== 'function') wrong('/owner', 'a signing key (`keys.device(name)`)');
}

/** Blob reference of bytes. */
function refOf(engine: Engine, bytes: Uint8Array): string {
  return toBase64Url(engine.bytes('cs_sha256', bytes));
}

/** A ledger of the author module with these items in it, for as long as the work takes. */
async function onLedger<T>(author: Engine, items: readonly Pick<Item, 'kind' | 'bytes'>[], work: (ledger: number, take: (item: Pick<Item, 'kind' | 'bytes'>) => void) => Promise<T>): Promise<T> {
  const ledger = author.handle(author.json<number>('cs_envelope_open'), 'cs_envelope_close');
  const take = ({ kind, bytes }: Pick<Item, 'kind' | 'bytes'>): void => { author.json('cs_envelope_ingest', ledger.number, kind.charCodeAt(0), bytes); };
  try {
    for (const item of items) take(item);
    return await work(ledger.number, take);
  } finally {
    ledger.close();
  }
}

/** One act after the other, each upon those before it: their items, and the blobs that they name. */
function signAll(log: OpenLog, author: Engine, key: SigningKey, context: ActContext, blobs: readonly Uint8Array[], commands: readonly object[]): Promise<Item[]> {
  const items: Item[] = blobs.map((bytes) => ({ kind: 'b', id: toHex(author.bytes('cs_sha256', bytes)) as Item['id'], bytes }));
  return onLedger(author, items, async (ledger, take) => {
    for (const command of commands) {
      const signed = await log.sign(key, { x: key.x, recipient: '' }, command, context, author, ledger);
      context.seq += 1;
      signed.forEach(take);
      items.push(...signed);
    }
    return items;
  });
}

/** What an invitation says of a recipient. */
function invitationOf({ id, role, recipientType, order, name, contact, host }: RecipientDraft, invitation: string): object {
  return { do: 'invite', recipient: id, role, recipientType, order, name, invitation, ...present('contact', contact), ...present('host', host) };
}
function present(name: string, value: unknown): object {
  return value === undefined ? {} : { [name]: value };
}

export async function invite(key: SigningKey, author: Author, recipient: RecipientDraft, session: SessionParts): Promise<Envelope> {
  if (typeof recipient?.id !== 'string') throw badArgument('recipient.id must be the id of a recipient', undefined, '/recipient/id');
  const { log, store, context } = session;
  const { link, invitation } = await session.newLink();
  const links = ((await store.record(`links/${log.stream}`)) ?? {}) as Record<string, string>;
  return log.act(key, author, invitationOf(recipient, invitation), context, { records: { [`links/${log.stream}`]: { ...links, [recipient.id]: link.secret } } });
}

/**
 * The log's rules know no templates: that nobody signs a text that still changes, or values that the template forbids, is
 * asked here, before it is too late.
 */
export async function checkTerms({ log, templates }: SessionParts): Promise<void> {
  if (!log.state?.revision) return;
  const { revision, recipients, values } = log.state;
  const contract = await templates.open(log.blob(revision.inputs.template.compiled));
  let refused;
  try {
    refused = contract.checkRouting(recipients.filter(({ routed }) => routed));
    contract.checkValues(values);
  } finally {
    contract.close();
  }
  if (refused) throw new CountersignError(refused, 'Whose answers change the text must sign alone and first');
}

export async function publish(key: SigningKey, by: Author, command: { values: PlainValues; why: string; deadlineAt?: string }, { engine, author, log, context, templates }: SessionParts): Promise<Envelope> {
  if (!log.state?.revision) throw new CountersignError('envelope.no_revision', 'The envelope has no revision to change');
  const { revision, recipients, sent, values: before } = log.state;
  const contract = await templates.open(log.blob(revision.inputs.template.compiled));
  let fields;
  try {
    fields = contract.fieldsFor(recipients.filter(({ removed }) => !removed));
    if (sent) contract.checkValues(command.values);
  } finally {
    contract.close();
  }
  const owned = new Set(contract.fields.filter((field) => field.role === undefined).map((field) => field.id));
  const changes = [...owned].filter((id) => JSON.stringify(before[id]) !== JSON.stringify(command.values[id]))
    .map((id) => ({ what: id, ...(before[id] === undefined ? {} : { from: before[id] }), ...(command.values[id] === undefined ? {} : { to: command.values[id] }) }));
  const fieldBytes = new TextEncoder().encode(fields);
  const { template, consent, locale, library, attachments } = revision.inputs;
  const deadlineAt = command.deadlineAt ?? revision.inputs.deadlineAt;
  const revised = {
    do: 'publishRevision', template, library, attachments, values: command.values, fields: refOf(engine, fieldBytes), consent, locale,
    ...present('deadlineAt', deadlineAt), changes, why: command.why,
  };
  return log.act(key, by, revised, context, {
    blobs: [fieldBytes],
    sign: async () => {
      const desk = await author();
      return onLedger(desk, unpack(await log.items()), (ledger) => log.sign(key, by, revised, context, desk, ledger));
    },
  });
}
