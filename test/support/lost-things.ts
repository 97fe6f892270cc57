/** A policy whose every sentence says the number of its version, so that a mixture of two shows. */

/** Five sections that all say the number of their version. */
export function lostThings(version: number, reference = 'POL-07'): string {
  const things = ['laptop', 'phone', 'badge', 'key', 'tablet'];
  const sections = things.map(
    (thing, index) =>
      `## ${index + 1} Lost ${thing}\n\nReport a lost ${thing} within ${version} hours, so that it can be wiped.\n`,
  );
  return `---
ref: ${reference}
title: Lost Things Policy ${reference}
version: "${version}.0"
status: published
owner: hugo@test.example
effective: 2026-03-01
---
# Lost Things Policy

${sections.join('\n')}`;
}
