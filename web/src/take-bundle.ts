// A file from another party into the log it belongs to. Loaded with the module that reads files.
import { unpack, type Engine } from './engine.js';
import { CountersignError } from './errors.js';
import type { OpenLog } from './open-log.js';
import type { EnvelopeId, VerificationReport } from './types.js';

/** Verifies, and merges what is not invalid into the log that `logOf` gives. Errors: those of a refused bundle; `envelope.not_open`. */
export async function takeBundle(bundle: Uint8Array, proof: Engine, logOf: (envelope: EnvelopeId | undefined) => Promise<OpenLog>): Promise<OpenLog> {
  const report = proof.json<VerificationReport>('cs_verify', bundle);
  if (report.verdict === 'invalid') {
    const worst = report.reasons[0];
    throw new CountersignError(worst?.code ?? 'bundle.bad_header', worst?.message ?? report.sentence, '', report);
  }
  const log = await logOf(report.envelope?.id);
  await log.receive(unpack(proof.bytes('cs_bundle_items', bundle)), 'keep');
  if (!log.state) throw new CountersignError('envelope.not_open', 'The bundle does not hold the beginning of its envelope');
  return log;
}
