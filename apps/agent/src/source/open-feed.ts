/** Opens the reading half that a descriptor stands for. The native binding is loaded only when it is the kernel's. */
import type { FeedDescriptor, SourceFeed } from './source.ts'

export async function openFeed(descriptor: FeedDescriptor): Promise<SourceFeed> {
  if (descriptor.kind === 'kernel') {
    const { KernelFeed } = await import('./kernel/feed.ts')
    return new KernelFeed(descriptor)
  }
  const { SyntheticFeed } = await import('./synthetic/feed.ts')
  return new SyntheticFeed(descriptor)
}
