import { defineService, ServiceFailure } from 'errand/worker';
import sharp from 'sharp';

interface Parameters {
  /** base64 */
  readonly image?: string;
  readonly width: number;
}

export const handler = defineService(async ({ parameters }: { readonly parameters: Parameters }) => {
  const { image, width } = parameters;
  const picture = image === undefined ? testPicture() : Buffer.from(image, 'base64');
  const { data, info } = await scale(picture, width);
  return { width: info.width, height: info.height, bytes: info.size, image: data.toString('base64') };
});

async function scale(picture: Buffer, width: number) {
  try {
    return await sharp(picture).resize({ width }).webp().toBuffer({ resolveWithObject: true });
  } catch (error) {
    throw new ServiceFailure(`The picture cannot be read: ${String(error)}`, { type: 'unreadable-picture' });
  }
}

function testPicture(): Buffer {
  return Buffer.from(`
    <svg xmlns="http://www.w3.org/2000/svg" width="900" height="600">
      <rect width="900" height="600" fill="#224"/>
      <circle cx="450" cy="300" r="200" fill="#fc6"/>
    </svg>`);
}
