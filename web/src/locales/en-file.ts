// What is said of files that are handed in: no part of what every signing page fetches.
import type { FileStrings } from './locale.js';

export const enFile: FileStrings = {
  none: 'No file yet. Choose one, or take a photo.', reading: 'The file is being kept …', remove: 'Remove', save: 'Save file', files: 'Files handed in', gone: 'not in this file',
  tooLarge: 'This file is too large: at most 4 MB can be handed in. Choose a smaller one.',
  smaller: 'The photo was larger than 4 MB: a smaller version of it is kept.',
};
