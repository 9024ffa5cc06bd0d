import ArgumentParser
import PitFleet
import PitStore
import PitThemes

@main
struct Pitwall: ParsableCommand {
    mutating func run() throws { print("pitwall") }
}
