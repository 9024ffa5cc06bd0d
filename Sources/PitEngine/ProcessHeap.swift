import Glibc

/// The C library's heap, which by itself keeps what was freed. Glibc's Swift module leaves malloc.h out.
public enum ProcessHeap {
    /// For what runs for days: what large replies took goes back to the system at once, and few threads have heaps of
    /// their own: glibc would raise the first limit with the first large piece that is freed. What ends soon is faster
    /// without: every large piece would be made of new pages.
    public static func keepSmall() {
        typealias Mallopt = @convention(c) (Int32, Int32) -> Int32
        guard let found = dlsym(nil, "mallopt") else { return }
        let mallopt = unsafeBitCast(found, to: Mallopt.self)
        let (trimThreshold, mmapThreshold, arenaMax): (Int32, Int32, Int32) = (-1, -3, -8)
        _ = mallopt(mmapThreshold, 256 << 10)
        _ = mallopt(trimThreshold, 1 << 20)
        _ = mallopt(arenaMax, 2)
    }

    /// Gives whole free pages back, also those between pieces in use: what many models leave behind grows else for days,
    /// though no more is in use.
    public static func giveBack() {
        typealias Trim = @convention(c) (Int) -> Int32
        guard let found = dlsym(nil, "malloc_trim") else { return }
        _ = unsafeBitCast(found, to: Trim.self)(1 << 20)
    }
}
