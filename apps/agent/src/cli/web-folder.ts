/** Where the page's export lies, seen from the built agent (dist/cli). */
import { fileURLToPath } from 'node:url'

export const WEB_FOLDER = fileURLToPath(new URL('../../../web/out', import.meta.url))
