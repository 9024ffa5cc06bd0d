import Foundation
import PitTestKit
import Testing

@Test("runs are compared and the best is named, of trainings that were started here")
func runCommands() throws {
    let place = Workplace("runs")
    let config = try place.write(
        "pitwall/config.yaml",
        """
        connections: []
        training:
          - name: lora
            command: [/bin/sh, -c, 'echo "step 1 loss=$1"', train, '{lr}']
            parameters: {lr: {type: number, default: 0.1}}
        """)
    for (number, rate) in [(1, "0.3"), (2, "0.2")] {
        let started = try place.pitwall("train", "start", "lora", "--set", "lr=\(rate)", "--config", config)
        #expect(started.status == 0, "\(started.text)")
        #expect(try place.pitwall("train", "show", "lora-\(number)", "--wait", "--config", config).status == 0)
    }
    let best = try place.pitwall("runs", "best", "--metric", "loss", "--min", "-o", "csv", "--config", config)
    #expect(best.status == 0 && best.text.contains("lora-2"), "\(best.text)")
    let compared = try place.pitwall("runs", "compare", "lora-1", "lora-2", "-o", "csv", "--config", config)
    #expect(compared.status == 0 && compared.text.contains("metric,loss,,,,0.3,0.2"), "\(compared.text)")
    #expect(compared.text.contains("parameter,lr,,,"), "\(compared.text)")
    let unknown = try place.pitwall("runs", "compare", "lora-1", "lora-2", "--metric", "f1", "--config", config)
    #expect(unknown.status == 2 && unknown.text.contains("There are: loss"), "\(unknown.text)")
    let none = try place.pitwall("runs", "best", "--metric", "f1", "--config", config)
    #expect(none.status == 1 && none.text.contains("there are: loss"), "\(none.text)")
}
