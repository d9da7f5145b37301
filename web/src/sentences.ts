// Entry `countersign/sentences`: what every error code means, in one English sentence, for `init({ sentences })`. A file of
// its own because a signer's phone shows the texts of its locale instead.
import { sentences as generated } from './generated/sentences.js';
import type { Sentences } from './types.js';

export const sentences: Sentences = generated;
