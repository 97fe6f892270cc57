import mammoth from 'mammoth';
import { describe, expect, it } from 'vitest';
import { drawGrid } from '../../src/files/draw-grid.ts';
import { documentBytes } from '../../src/files/write-document.ts';

/** Width and height, as a PNG says them of itself. */
function sizeOf(png: Uint8Array): [number, number] {
  const view = new DataView(png.buffer, png.byteOffset);
  return [view.getUint32(16), view.getUint32(20)];
}

describe('A picture of shares', () => {
  it('is a PNG that grows with its rows, and differs where the shares do', async () => {
    const rows = [
      { label: 'Wer hineinkommt', shares: [1, 0.5, 0] },
      {
        label: 'A label that is much longer than there is room for beside its cells',
        shares: [0.2, null, 1],
      },
    ];

    const one = await drawGrid({ columns: ['Written down', 'Done', 'Proven'], rows: rows.slice(0, 1) });
    const two = await drawGrid({ columns: ['Written down', 'Done', 'Proven'], rows });
    const other = await drawGrid({
      columns: ['Written down', 'Done', 'Proven'],
      rows: rows.map(({ label }) => ({ label, shares: [0, 0, 0] })),
    });

    expect(Buffer.from(one.bytes).subarray(1, 4).toString()).toBe('PNG');
    expect(sizeOf(one.bytes)).toEqual([one.size.width, one.size.height]);
    expect(two.size.height).toBeGreaterThan(one.size.height);
    expect(Buffer.compare(Buffer.from(two.bytes), Buffer.from(other.bytes))).not.toBe(0);
  });
});

describe('A report', () => {
  it('is a Word file that holds every part in its order', async () => {
    const picture = await drawGrid({ columns: ['Done'], rows: [{ label: 'All', shares: [0.5] }] });

    const bytes = await documentBytes({
      title: 'Gap analysis',
      subtitle: 'As of 1 December 2026',
      language: 'de',
      foot: 'GA-2026-001',
      blocks: [
        { heading: 'Results' },
        { text: 'Two <lines>\nhere\u0000' },
        { facts: [{ label: 'Lead', value: 'Ines Isms' }] },
        { points: ['first', 'second'] },
        { table: { columns: ['Gap', 'Days'], rows: [['No list of systems', 5]] } },
        { picture, alt: 'All: 50 % done' },
      ],
    });

    const { value: html } = await mammoth.convertToHtml({ buffer: bytes });
    expect(html).toContain('<h1>Results</h1><p>Two &lt;lines&gt;<br />here\uFFFD</p>');
    expect(html).toMatch(/Lead<\/strong><\/p><\/td><td><p>Ines Isms/);
    expect(html).toContain('<ul><li>first</li><li>second</li></ul>');
    expect(html).toMatch(/No list of systems<\/p><\/td><td><p>5/);
    expect(html).toMatch(/<img alt="All: 50 % done" src="data:image\/png/);
  });

  it('names whom it is by at the foot of its pages', async () => {
    const bytes = await documentBytes({
      title: 'T',
      subtitle: 'S',
      language: 'en',
      foot: 'GA-2026-001',
      blocks: [],
    });

    const { unzipSync, strFromU8 } = await import('fflate');
    const parts = unzipSync(bytes);
    const feet = Object.keys(parts).filter((name) => name.startsWith('word/footer'));
    expect(feet.map((name) => strFromU8(parts[name] ?? new Uint8Array())).join('')).toContain('GA-2026-001');
  });
});
