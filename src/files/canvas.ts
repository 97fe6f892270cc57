/** What pictures are drawn on. */
import { createRequire } from 'node:module';

/** Of a canvas what is used here: its type needs a browser's. */
export interface Pen {
  font: string;
  fillStyle: string;
  textAlign: string;
  textBaseline: string;
  fillRect(x: number, y: number, width: number, height: number): void;
  fillText(text: string, x: number, y: number, most?: number): void;
}

export interface Picture {
  /** PNG */
  bytes: Uint8Array;
  size: { width: number; height: number };
}

let ready: Promise<typeof import('@napi-rs/canvas').createCanvas> | undefined;

/** Loaded when the first picture is drawn, with a font of our own, Inter: a server may have none. */
export function loadCanvas() {
  ready ??= (async () => {
    const { createCanvas, GlobalFonts } = await import('@napi-rs/canvas');
    const { resolve } = createRequire(import.meta.url);
    for (const part of ['latin', 'latin-ext'])
      GlobalFonts.registerFromPath(
        resolve(`@fontsource/inter/files/inter-${part}-400-normal.woff2`),
        'Inter',
      );
    return createCanvas;
  })();
  return ready;
}

export function paint(ctx: Pen, width: number, height: number): void {
  ctx.fillStyle = '#ffffff';
  ctx.fillRect(0, 0, width, height);
}
