/**
 * Signs that stand for others in an address: a browser takes some of them for the plain ones, and a person takes all of them for
 * those. From Unicode's confusables and compatibility forms; left out is what words are written with, as Catalan's «l·l».
 * Each is the inside of a character class, to be used with the flag `u`.
 */

/** Full stops, wide, small, ideographic, of one dot leader, Arabic, Syriac, Lisu and Vai. */
export const dots = '.\u3002\uFF0E\uFF61\u2024\uFE52\uFE12\u06D4\u0701\u0702\uA4F8\uA60E\u{10A50}\u{1D16D}';
export const colons = ':\uFF1A\uFE55\uFE13\uA789\u02F8\u2236\u0589\u05C3\u205A';
export const slashes = '/\uFF0F\u2215\u2044\u29F8\u2571\u27CB';
