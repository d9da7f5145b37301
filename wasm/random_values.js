// libsodium draws randomness through Module.getRandomValue (a 32-bit unsigned integer). Named explicitly, because its
// own fallback is require('crypto'), which does not exist in ES modules.
Module['getRandomValue'] = function () {
  var word = new Uint32Array(1);
  globalThis.crypto.getRandomValues(word);
  return word[0] >>> 0;
};
