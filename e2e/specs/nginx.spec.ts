/** Behind Debian's nginx, under a sub-path, with the page as it was built: it loads, connects, and breaks no policy. */
import { expect, test } from '@playwright/test'
import { type Agent, startAgent } from '../fixtures/agent.ts'
import { freePort, type Nginx, startNginx } from '../fixtures/nginx.ts'
import { connected, go } from '../fixtures/page.ts'

const PREFIX = '/ops/ringside'

for (const strips of [true, false]) {
  test(`nginx ${strips ? 'takes the sub-path off and names it' : 'passes the sub-path on'}`, async ({ page }) => {
    const port = await freePort()
    const publicUrl = `http://127.0.0.1:${port}${PREFIX}`
    const args = ['--public-url', publicUrl, '--trusted-proxy', '127.0.0.1']
    const agent: Agent = await startAgent({ source: 'synthetic', args })
    let nginx: Nginx | null = null
    try {
      nginx = await startNginx(port, agent.port, PREFIX, strips)
      const complaints: string[] = []
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text())
      })
      page.on('pageerror', (error) => complaints.push(String(error)))
      page.on('response', (response) => {
        if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`)
      })
      await page.goto(`${publicUrl}/#token=${agent.token}`)
      await connected(page)
      await go(page, 'explorer', publicUrl)
      await expect(page.getByTestId('explorer-row').first()).toBeVisible()
      const hello = await page.evaluate((url) => fetch(url).then((answer) => answer.json()), `${publicUrl}/api/hello`)
      expect(hello).toMatchObject({ name: 'ringside', basePath: PREFIX, trusted: true })
      expect(complaints).toEqual([])
    } finally {
      await nginx?.stop()
      await agent.stop()
    }
  })
}
