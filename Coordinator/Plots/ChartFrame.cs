namespace Mneme.Coordinator.Plots;

/// <summary>The figure around the curves: title, grid, axes, the lines that are known.</summary>
internal sealed class ChartFrame(SvgCanvas canvas, Scale steps, Scale values)
{
    private const int StepTicks = 7;
    private const int ValueTicks = 6;
    private const double MarkWidth = 6.4;

    private static readonly TextStyle Note = new(12, Palette.Grey);
    private static readonly TextStyle Tick = new(12, Palette.Grey);
    private static readonly TextStyle AxisName = new(13, Palette.Ink);
    private static readonly TextStyle Mark = new(11.5, Palette.Grey, HasRim: true);
    private static readonly LineStyle Grid = new(Palette.Grid);
    private static readonly LineStyle Axis = new(Palette.Grey);
    private static readonly LineStyle Switch = new(Palette.Grey, "5 4");
    private static readonly LineStyle Level = new(Palette.Grey, "1.5 3");

    public void DrawHeading(string title, string note)
    {
        FigureTitle.Draw(canvas, steps.From, title);
        canvas.Text(steps.From, 47, note, Note);
    }

    /// <param name="across">Name of the horizontal axis.</param>
    public void DrawAxes(string across, string measure)
    {
        foreach (var tick in values.Ticks(ValueTicks))
        {
            var y = values.Pixel(tick);
            canvas.Line(steps.From, y, steps.To, y, Grid);
            canvas.Text(steps.From - 9, y + 4, TickLabels.Value(tick), Tick, "end");
        }
        var stepTicks = steps.Ticks(StepTicks).Where(tick => tick == Math.Floor(tick)).ToList();
        foreach (var tick in stepTicks)
        {
            var x = steps.Pixel(tick);
            canvas.Line(x, values.From, x, values.From + 5, Axis);
            canvas.Text(x, values.From + 20, TickLabels.Step(tick, stepTicks[^1]), Tick, "middle");
        }
        canvas.Line(steps.From, values.From, steps.To, values.From, Axis);
        canvas.Text((steps.From + steps.To) / 2, values.From + 42, across, AxisName, "middle");
        canvas.Text(20, (values.From + values.To) / 2, measure, AxisName, "middle", turn: -90);
    }

    /// <summary>Levels and switches; below the curves.</summary>
    public void DrawKnownLines(IEnumerable<LevelLine> levels, IEnumerable<SwitchLine> switches)
    {
        foreach (var y in levels.Select(level => values.Pixel(level.Value)))
            canvas.Line(steps.From, y, steps.To, y, Level, width: 1.5);
        foreach (var x in switches.Select(border => steps.Pixel(border.Step)))
            canvas.Line(x, values.From, x, values.To, Switch);
    }

    /// <summary>Their names; above the curves, or a curve would cross them out.</summary>
    public void DrawKnownNames(IEnumerable<LevelLine> levels, IEnumerable<SwitchLine> switches)
    {
        foreach (var (value, label) in levels)
            canvas.Text(steps.To - 4, values.Pixel(value) - 5, label, Mark, "end");
        // Of names that would lie on one another the first is shown.
        var free = double.NegativeInfinity;
        foreach (var (step, label) in switches.OrderBy(border => border.Step))
        {
            var x = steps.Pixel(step) + 5;
            if (x < free) continue;
            canvas.Text(x, values.To + 12, label, Mark);
            free = x + MarkWidth * label.Length;
        }
    }
}
