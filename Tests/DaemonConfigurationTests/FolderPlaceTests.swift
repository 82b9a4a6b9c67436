import Glibc
import TestSupport
import Testing

@testable import DaemonConfiguration

@Suite struct FolderPlaceTests {
    @Test func oneFolderIsTheSameUnderAllItsNames() throws {
        let folder = try TemporaryDirectory()
        #expect(mkdir(folder.file("in"), 0o777) == 0 && mkdir(folder.file("in/deep"), 0o777) == 0)
        #expect(symlink("in", folder.file("link")) == 0)
        let place = FolderPlace(folder.file("in"))
        for name in ["in", "link", "in/", "./in", "in/deep/..", "link/deep/.."] {
            #expect(FolderPlace(folder.file(name)) == place, "\(name)")
        }
        for name in ["", "in/deep", "inn", "link/none"] { #expect(FolderPlace(folder.file(name)) != place, "\(name)") }
        #expect(FolderPlace(folder.file("link/deep")).isIn(place) && place.isIn(place))
        #expect(!place.isIn(FolderPlace(folder.file("in/deep"))))
        #expect(place.isIn(FolderPlace("/")))
    }

    /// Paths that do not exist yet are distinguished by their names.
    @Test func whatIsNotThereYetHasAPlaceToo() throws {
        let folder = try TemporaryDirectory()
        #expect(mkdir(folder.file("in"), 0o777) == 0)
        #expect(symlink("in", folder.file("link")) == 0)
        let place = FolderPlace(folder.file("in/none/a"))
        #expect(place == FolderPlace(folder.file("link/none/a")))
        #expect(place != FolderPlace(folder.file("in/none/b")))
        #expect(place.isIn(FolderPlace(folder.file("link/none"))))
        #expect(place.isIn(FolderPlace(folder.file("link"))))
        #expect(!place.isIn(FolderPlace(folder.file("in/nonesuch"))))
        #expect(!FolderPlace(folder.file("in")).isIn(place))
    }
}
