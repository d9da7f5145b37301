// Files that a signer hands in. Until its field is committed a file is a record of this device beside the draft,
// `file/<stream>/<recipient>/<field>`: a killed tab loses nothing, and nothing is sent. Loaded where a template asks for one.
import { badArgument, fromBase64Url, stringify, toBase64Url } from './engine.js';
import type { CeremonyParts } from './ceremony-session.js';
import type { BlobRef, CeremonyAct, FieldId, FileValue, Json } from './types.js';

type Records = Record<string, Json | null>;
interface Kept {
  readonly blob: BlobRef;
  /** Base64url: what the blob will be. */
  readonly bytes: string;
}

const prefixOf = ({ log, author }: CeremonyParts): string => `file/${log.stream}/${author.recipient}/`;

/** The core's act for a file that was picked or taken away, and the record to keep with the draft. Errors: `blob.too_large`. */
export async function attach(parts: CeremonyParts, field: FieldId, file: Blob | null): Promise<{ act: CeremonyAct; records: Records }> {
  const { engine, contract, context } = parts;
  const key = prefixOf(parts) + field;
  if (file && !(file instanceof Blob)) throw badArgument('A file is a Blob, such as an <input type="file"> gives');
  if (!file) return { act: { do: 'setValue', field, text: '' }, records: { [key]: null } };
  await engine.part('extra');
  // One byte more than there may be, whatever was picked: the core refuses it.
  const content = new Uint8Array(await file.slice(0, engine.json<number>('cs_file_limit') + 1).arrayBuffer());
  const salt = fromBase64Url(context.salt());
  const bytes = new Uint8Array(salt.length + content.length);
  bytes.set(salt);
  bytes.set(content, salt.length);
  const value = engine.json<FileValue>('cs_file_value', contract.handle, field, (file as Partial<File>).name ?? '', bytes);
  return { act: { do: 'setValue', field, text: stringify(value) }, records: { [key]: { blob: value.blob, bytes: toBase64Url(bytes) } } };
}

/** What a command needs of the kept files: blobs that its values name, and the records that are of no use after it. */
export async function kept(parts: CeremonyParts, command: Json): Promise<{ blobs: Uint8Array[]; records: Records }> {
  const { records } = await parts.store.records(prefixOf(parts), null, 1000);
  const { do: name } = command as { do: string };
  const said = name === 'commitFields' ? JSON.stringify(command) : '';
  const named = Object.entries(records as unknown as Record<string, Kept>).filter(([, { blob }]) => name === 'sign' || said.includes(blob));
  return {
    blobs: said ? named.map(([, { bytes }]) => fromBase64Url(bytes)) : [],
    records: Object.fromEntries(named.map(([key]) => [key, null])),
  };
}
